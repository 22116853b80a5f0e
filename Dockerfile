# The command line and the pages, for `docker build -t govern .`; docs/operations.md says how to run it.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1
WORKDIR /src
COPY requirements-bootstrap.lock requirements.lock ./
RUN python -m venv /opt/govern
RUN /opt/govern/bin/pip install --require-hashes -r requirements-bootstrap.lock
RUN /opt/govern/bin/uv pip install --python /opt/govern --require-hashes --compile-bytecode -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY evals evals
COPY datasets datasets
COPY policies policies
COPY reports/templates reports/templates
RUN /opt/govern/bin/uv pip install --python /opt/govern --no-deps --no-build-isolation --compile-bytecode .

FROM python:3.11-slim
COPY --from=build /opt/govern /opt/govern
ENV PATH=/opt/govern/bin:$PATH PYTHONUNBUFFERED=1 MPLCONFIGDIR=/tmp
RUN useradd --uid 10001 --create-home govern && mkdir /project /artifacts && chown govern /project /artifacts
WORKDIR /project
USER govern
EXPOSE 8770
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8770/health', timeout=4)"]
ENTRYPOINT ["govern"]
CMD ["serve"]
