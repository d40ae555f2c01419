FROM python:3.13-slim AS build
RUN python -m venv /opt/esim-bot
WORKDIR /src
COPY requirements.lock .
RUN /opt/esim-bot/bin/pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes --only-binary :all: --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY sandbox sandbox
RUN /opt/esim-bot/bin/pip install --no-cache-dir --disable-pip-version-check \
      --no-deps --no-build-isolation .

FROM python:3.13-slim
COPY --from=build /opt/esim-bot /opt/esim-bot
RUN useradd --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin esim-bot
ENV PATH=/opt/esim-bot/bin:$PATH PYTHONUNBUFFERED=1 ESIM_DATA_DIR=/data/redis PORT=3000
USER esim-bot
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-c", \
  "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/livez', timeout=3)"]
ENTRYPOINT ["esim-bot"]
CMD ["run"]
