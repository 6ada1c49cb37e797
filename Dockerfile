# Built from a clone whose `./sallyport` build has been done by the first stage. No engine was at hand to run
# this file: it has been checked by reading only.
FROM eclipse-temurin:25-jdk AS build
RUN apt-get update && apt-get install -y --no-install-recommends maven && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN mvn -B -DskipTests -Dspotless.check.skip=true -Djacoco.skip=true package

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin sallyport \
    && install -d -m 0700 -o sallyport -g sallyport /var/lib/sallyport
COPY --from=build /src/server/target/lib/ /opt/sallyport/lib/
COPY --from=build /src/server/target/sallyport-server-*.jar /opt/sallyport/lib/
COPY --from=build /src/packaging/jvm.options /opt/sallyport/
USER sallyport
VOLUME /var/lib/sallyport
EXPOSE 8883 8443
# Keys stand beside the data (/var/lib/sallyport/data.keys): mount them from a different volume where you can.
ENTRYPOINT ["java", "@/opt/sallyport/jvm.options", \
  "-cp", "/opt/sallyport/lib/*", "io.sallyport.server.cli.SallyportMain"]
CMD ["serve", "--data", "/var/lib/sallyport/data"]
