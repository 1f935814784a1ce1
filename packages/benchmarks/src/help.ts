import type { Measurement } from './measurement.ts'

/** What `--help` prints. */
export function helpText(measurements: readonly Measurement[]): string {
  const width = Math.max(...measurements.map(({ name }) => name.length))
  return `Measures Millrace next to the bare drivers, side by side in one run.

Usage: npm run bench -- [measurement …] [options]

Every side runs in a process of its own, the sides in turn (A B A B …), so that what else the machine does meets all
of them. Figures are medians over the rounds; a ratio is the median of the ratios within the rounds. Each side warms up
before it is measured, and each checks that it did all of its work: a count that is not right fails the run. A goal that
is missed does not: it is printed as missed. CPU time is that of the whole process, its threads included. Progress goes
to standard error, the tables go to standard output as Markdown.

Kafka and Cassandra are started on free ports with data that is deleted at the end; servers that KAFKA_BROKERS and
CASSANDRA_CONTACT_POINTS name are used instead, and what was created there is deleted.

Options:
  --only <name,name>  some of the measurements
  --records <n>       records of the largest data set (default: 1000000); other sets are fractions of it
  --rounds <n>        rounds per measurement (default: 3)
  --quick             50000 records, one round: to see that it works; such figures say little
  --json <file>       write every single result there, too
  --cpu-prof <dir>    have Node write a CPU profile of every side there; slows all of them down
  -h, --help          print this

Measurements:
${measurements.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}
`
}
