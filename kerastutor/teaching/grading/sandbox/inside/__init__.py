"""What runs behind the wall: the server that forks, and the child that runs a submission. Never imported outside it."""
