/** The help text. */
export const usage = `A real Kafka and a real Cassandra on this machine, for demos and tests.

  pnpm services <command> [options]        or: npm run services -- <command> [options]

Commands
  up        start what does not run yet, with the topics and tables of the example; returns when it is ready
            and prints the addresses
  down      stop it; the data stays
  status    show what runs, and where
  logs      show the last lines of the logs, and where they are
  help      show this

Options                       environment                  default
  --kafka, --cassandra                                     both
  --kafka-port <port>         KAFKA_PORT                   29092
  --cassandra-port <port>     CASSANDRA_PORT               9042
  --data <folder>             MILLRACE_SERVICES_DATA       .services in the project
  --fresh                                                  up: delete the data of earlier runs first
  --bare                                                   up: leave out the example's topics and tables
  --provider <name>           MILLRACE_SERVICES_PROVIDER   the first of these that can:
      given    servers that run already: KAFKA_BROKERS, CASSANDRA_CONTACT_POINTS and
               CASSANDRA_LOCAL_DATACENTER name them; they are used, never started or stopped
      docker   containers of docker-compose.yml, where a Docker daemon answers
      jvm      Java processes from jars that Maven fetches (once): needs Java 17 and mvn
  --lines <number>                                         logs: 20
`
