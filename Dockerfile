# Connective and all its tools. The project's own tests do not build this file.
#
#   docker build --tag connective .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" connective train my.toml --out run
#
# --build-arg PIP_EXTRA_INDEX_URL=… names the index of PyTorch's builds for CPUs, which are far smaller.
FROM python:3.11-slim-bookworm

# Icarus, a C++ compiler, make and perl: what has no Python wheel.
COPY scripts/system-packages.sh /tmp/
RUN /tmp/system-packages.sh python3 && rm -rf /var/lib/apt/lists/* /tmp/system-packages.sh

ARG PIP_EXTRA_INDEX_URL=
COPY pyproject.toml constraints.txt README.md LICENSE /source/
COPY connective /source/connective
COPY train /source/train
COPY hwgen /source/hwgen
COPY sim /source/sim
RUN python3 -m pip install --no-cache-dir --constraint /source/constraints.txt "/source[all]" \
    && rm -rf /source \
    && connective doctor

# Whoever runs it has no home in here, and compiled kernels need a place.
ENV HOME=/tmp NUMBA_CACHE_DIR=/tmp/numba
WORKDIR /work
ENTRYPOINT ["connective"]
CMD ["--help"]
