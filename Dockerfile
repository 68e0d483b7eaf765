# The application in an image of its own: wenju serve, behind keys. See docs/running.md.
#
#     docker build -t wenju .                          the shipped embedding model alone
#     docker build -t wenju --build-arg MODELS=1 .     any sentence-transformers model: with torch, 5 GB more
#     docker build -t wenju --build-arg EXTRAS=mcp,milvus,cluster .     an index in Milvus, an ingest on several machines
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/wenju
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY ingest ingest
COPY assistant assistant
COPY evals evals
ARG EXTRAS=mcp
RUN /opt/wenju/bin/pip install --no-cache-dir -c constraints.txt ".[${EXTRAS}]"
# The shipped model needs none of these, and torch brings 3.5 GB for graphics cards with it.
ARG MODELS=0
RUN if [ "$MODELS" != 1 ]; then \
        /opt/wenju/bin/pip uninstall -y torch sentence-transformers transformers scikit-learn scipy sympy networkx \
            $(/opt/wenju/bin/pip freeze | grep -oE "^(nvidia|cuda|triton)[^= ]*"); \
    fi \
    && /opt/wenju/bin/wenju --help > /dev/null

FROM python:3.11-slim-bookworm
COPY --from=build /opt/wenju /opt/wenju
RUN useradd --uid 10001 --user-group --no-create-home wenju && install --directory --owner=wenju --group=wenju /data
# What is not on this machine is not looked for elsewhere. All that is written goes to /data and /tmp.
ENV PATH=/opt/wenju/bin:$PATH \
    HOME=/tmp \
    HF_HUB_OFFLINE=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WENJU_INDEX=/data/index \
    WENJU_KEYS=/data/keys.json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 7870
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7870/health', timeout=4)"]
ENTRYPOINT ["wenju"]
CMD ["serve", "--host", "0.0.0.0"]
