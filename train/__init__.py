"""Training: data sets, differentiable layers, annealing, and the way to a discretised network."""

import os

# Read when torch loads OpenMP. Threads that spin while they wait cost a busy machine a factor of
# twenty: each step waits for a thread that another one's spinning keeps from running.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
