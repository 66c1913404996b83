"""`python -m corpus`: the topology JSON and fingerprint of each model of the corpus, a line each, to compare runs."""

import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.simplefilter("ignore")

from corpus import PAIRS  # noqa: E402
from kerastutor.models.reading import read  # noqa: E402
from kerastutor.topology.sameness.canonical import fingerprint  # noqa: E402

for pair in PAIRS:
    for side, model in enumerate(pair.make()):
        topology = read(model)
        sys.stdout.write(json.dumps([pair.name, side, fingerprint(topology), topology.to_json()]) + "\n")
