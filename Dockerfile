# One image for api, worker and migrate; what it runs is the command's first word.
FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 doorway \
    && install -d -o doorway -g doorway /srv/doorway /data
WORKDIR /srv/doorway
COPY --chown=doorway:doorway . .
USER doorway
RUN ./setup.sh prod && rm -rf /home/doorway/.cache
ENV DOORWAY_HOME=/data
VOLUME /data
EXPOSE 8765
ENTRYPOINT [".venv/bin/doorway"]
CMD ["--help"]
