export const helpText = `Runs a stateful app as several processes on a real Kafka, breaks what can be broken while a million ratings come in,
and compares its state and its output with what they must be, count by count.

Usage: npm run chaos -- [run] [options]
       npm run chaos -- rebalance [options]

run        Ratings are produced and processed while processes are killed with SIGKILL (and started again at once), others
           join and leave, and the faults below happen in between. In the end every count of the store, read back from its
           changelog, must equal the count of the input; and a read_committed reader of the output must find, for each
           count, 1, 2, 3 … without a gap, and under exactly-once without a repetition. Exit code 0 if so, else 1.
rebalance  Adds a process to three that work: how long nothing was processed, and that only moved tasks were restored.

Kafka is started on free ports with data that is deleted at the end; one that KAFKA_BROKERS names is used instead (its
topics stay, and it is not broken).

What runs:
  --topology <name>       by-key: ratings per hour and user, the topic's own key (default)
                          by-film: per hour and film, through a repartition topic
                          suppressed: per hour and user, once the hour is over
  --guarantee <name>      at-least-once (default), exactly-once
  --storage <name>        memory (default), persistent: LMDB, a folder for each process
  --shared-folder         one state folder for all processes, as on one machine by default
  --standbys <n>          standby replicas of every store (default: 0)
  --processes <n>         how many run, apart from those that join (default: 3)
  --instances <n>         members of the group in each process (default: 1)
  --commit-every <ms>     default: 1000; exactly-once 200
  --session-timeout <ms>  how long a killed process keeps its partitions (default: 6000, a broker's usual minimum)
  --partitions <n>        of every topic (default: 8)
  --ratings <n>           default: 1000000
  --seed <n>              the same seed gives the same ratings and the same plan (default: 1)

What is broken:
  --kills <n>             processes killed with SIGKILL (default: 10); between two of them one joins or one leaves
  --zombies <n>           processes stopped with SIGSTOP until their tasks have moved, and then continued (default: 0)
  --broker-kills <n>      the broker killed with SIGKILL and started again after 3 s (default: 0)
  --broker-pauses <n>     the broker stopped with SIGSTOP for 40 s (default: 0)

Examples:
  npm run chaos -- --topology by-film --storage persistent --standbys 1
  npm run chaos -- --topology by-film --guarantee exactly-once --zombies 1 --broker-kills 1 --broker-pauses 1
  npm run chaos -- --ratings 100000 --kills 3 --seed 7
`
