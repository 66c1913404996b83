BEGIN TRANSACTION;
CREATE TABLE answers (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, version TEXT NOT NULL, answer TEXT NOT NULL,
    reset TEXT);
INSERT INTO "answers" VALUES('a7e4163141dd4d8faa549a0be916844f','2026-11-30T02:08:47.459929+00:00','01-stack','0c1e46073f51','{"topology": {"format": "kerastutor.topology", "version": 1, "name": "01-stack", "api": "sequential", "layers": [{"id": "input_layer", "kind": "Input", "config": {"shape": [null, 784]}, "weights": []}, {"id": "hidden", "kind": "Dense", "config": {"activation": "relu", "units": 128}, "owns": "weights", "weights": [["kernel", [784, 128], true], ["bias", [128], true]]}, {"id": "digit", "kind": "Dense", "config": {"activation": "softmax", "units": 10}, "owns": "weights", "weights": [["kernel", [128, 10], true], ["bias", [10], true]]}], "calls": [{"id": "input_layer", "layer": "input_layer", "outputs": [[[null, 784], "float32"]]}, {"id": "hidden", "layer": "hidden", "arguments": [["inputs", {"tensor": ["input_layer", 0]}]], "outputs": [[[null, 128], "float32"]]}, {"id": "digit", "layer": "digit", "arguments": [["inputs", {"tensor": ["hidden", 0]}]], "outputs": [[[null, 10], "float32"]]}], "inputs": [["input_layer", 0, null]], "outputs": [["digit", 0, null]]}}',NULL);
INSERT INTO "answers" VALUES('65c60c0464bf40759264dd8a75fbf7f6','2026-11-30T02:08:47.469526+00:00','01-two-branches','e4822cc830b5','{"topology": {"format": "kerastutor.topology", "version": 1, "name": "01-stack", "api": "sequential", "layers": [{"id": "input_layer", "kind": "Input", "config": {"shape": [null, 784]}, "weights": []}, {"id": "hidden", "kind": "Dense", "config": {"activation": "relu", "units": 128}, "owns": "weights", "weights": [["kernel", [784, 128], true], ["bias", [128], true]]}, {"id": "digit", "kind": "Dense", "config": {"activation": "softmax", "units": 10}, "owns": "weights", "weights": [["kernel", [128, 10], true], ["bias", [10], true]]}], "calls": [{"id": "input_layer", "layer": "input_layer", "outputs": [[[null, 784], "float32"]]}, {"id": "hidden", "layer": "hidden", "arguments": [["inputs", {"tensor": ["input_layer", 0]}]], "outputs": [[[null, 128], "float32"]]}, {"id": "digit", "layer": "digit", "arguments": [["inputs", {"tensor": ["hidden", 0]}]], "outputs": [[[null, 10], "float32"]]}], "inputs": [["input_layer", 0, null]], "outputs": [["digit", 0, null]]}}',NULL);
CREATE TABLE attempts (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, version TEXT NOT NULL, outcome TEXT NOT NULL,
    earned INTEGER NOT NULL, parts INTEGER NOT NULL, fingerprint TEXT NOT NULL, misconception TEXT, reset TEXT);
INSERT INTO "attempts" VALUES('d2fca6d002ec4875bb49d3132cccea6d','2026-11-30T02:08:47.459104+00:00','01-stack','0c1e46073f51','not_yet',2,3,'53ceadfcfccfcad713ae290546156144e9017cb34256672223e62f81eff0087b','other_activation',NULL);
INSERT INTO "attempts" VALUES('8b749e146bbe43888e16726a72c07f01','2026-11-30T02:08:47.459825+00:00','01-stack','0c1e46073f51','passed',3,3,'bf3f7670422b0c2dcd607df11333a4c82c90dc61391cc3e5561ff8ff7ab3f4fe',NULL,NULL);
INSERT INTO "attempts" VALUES('5bc33dffaca449e59892721b33575ce4','2026-11-30T02:08:47.469353+00:00','01-two-branches','e4822cc830b5','not_yet',2,5,'bf3f7670422b0c2dcd607df11333a4c82c90dc61391cc3e5561ff8ff7ab3f4fe','layer_missing',NULL);
CREATE TABLE exams (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exam TEXT NOT NULL, exercises TEXT NOT NULL, report TEXT, reset TEXT);
CREATE TABLE hints (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, rung INTEGER NOT NULL, reset TEXT);
INSERT INTO "hints" VALUES('de202ce795ad44ca80babb2260835999','2026-11-30T02:08:47.459604+00:00','01-stack',1,NULL);
CREATE TABLE resets (uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT);
CREATE INDEX attempts_of ON attempts (exercise, at);
COMMIT;
PRAGMA user_version=3;
