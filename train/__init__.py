"""Training of logic gate networks with learned connections.

Importing this package, its configuration or its data sets does not load torch.
"""

import os

# Read when OpenMP is loaded, hence before torch: a thread that waits for another gives up its core
# instead of spinning. Where a core is busy with other work, a step is some fifty times faster so.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
