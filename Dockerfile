# The service in a container: no root, no compiler, nothing written but below /data and /tmp.
#   docker build -t gongkai .
#   docker run --init --read-only --tmpfs /tmp -v gongkai:/data -p 127.0.0.1:8000:8000 gongkai
# docs/deploying.md tells the rest; compose.yaml holds the same with limits.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /src
RUN python -m venv /venv
# Packages first: they change less often than the code does. pip checks each against its hash.
COPY requirements.lock ./
RUN /venv/bin/python -m pip install --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY documents documents/
COPY ontology ontology/
COPY queries queries/
COPY gongkai gongkai/
COPY loaders loaders/
COPY service service/
# Documents, ontology and queries become part of the package, so that the next stage needs no checkout.
RUN /venv/bin/python -m pip install --no-deps --no-build-isolation . \
    && /venv/bin/python -m pip check

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Gongkai 公开" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 gongkai \
    && useradd --uid 10001 --gid gongkai --no-create-home --home-dir /data --shell /usr/sbin/nologin gongkai \
    && install -d -o gongkai -g gongkai -m 0750 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GONGKAI_STORE=/data/store \
    GONGKAI_HOST=0.0.0.0 \
    GONGKAI_PORT=8000
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8000
STOPSIGNAL SIGTERM
# Where there is no store the first start builds one, and answers nothing until that is done.
HEALTHCHECK --interval=30s --timeout=5s --start-period=300s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['GONGKAI_PORT'] + '/health', timeout=4)"]
ENTRYPOINT ["gongkai"]
CMD ["serve"]
