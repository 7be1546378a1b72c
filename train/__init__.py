"""Training of logic gate networks with learned connections.

Importing this package, its configuration or its data sets does not load torch.
"""

import os

# Read when torch loads OpenMP. Threads that spin while they wait cost a busy machine a factor of
# twenty: each step waits for a thread that another one's spinning keeps from running.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
