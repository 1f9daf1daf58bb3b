# The service in a container: docker build -t muster .
#   docker run --read-only --tmpfs /tmp:exec -p 8080:8080 -v "$PWD/conf:/etc/muster:ro" -e SHOP_KEY=… muster
# Arguments behind the image's name replace the last line: docker run … muster serve --conf /etc/muster --host 0.0.0.0 --access-log

FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
# What is fetched stays in a layer of its own for as long as pom.xml does.
COPY pom.xml LICENSE NOTICE ./
RUN mvn -B -q -P '!checked' dependency:go-offline
COPY src src
RUN mvn -B -q -P '!checked' -Dmaven.test.skip=true package

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin muster && mkdir /etc/muster
ENV LC_ALL=C.UTF-8
WORKDIR /opt/muster
COPY scripts/archive scripts/lib-jdk scripts/
COPY --from=build /build/target/muster.jar ./
# The archive of classes fits this JVM and this file only, so that it is made here; the second line fails where it does not fit.
RUN scripts/archive muster.jar muster.jsa \
    && java -Xshare:on -XX:SharedArchiveFile=muster.jsa -jar muster.jar help >/dev/null
USER 10001:10001
EXPOSE 8080
# The image has no curl, and another JVM for each probe would cost more than the answer.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 line <&3 && [[ $line == *' 200 '* ]]"]
# 75 percent of the container's memory are for the heap; the rest is for threads, buffers and classes.
ENTRYPOINT ["java", "-Xlog:disable", "-Xshare:auto", "-XX:SharedArchiveFile=/opt/muster/muster.jsa", \
    "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "-XX:+DisplayVMOutputToStderr", "--sun-misc-unsafe-memory-access=allow", \
    "-jar", "/opt/muster/muster.jar"]
CMD ["serve", "--conf", "/etc/muster", "--host", "0.0.0.0"]
