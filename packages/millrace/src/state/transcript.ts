/** What a store answered, and what its model says that it should have. */
export class Transcript {
  readonly answers: unknown[] = []
  readonly expected: unknown[] = []

  add(answer: unknown, expected: unknown): void {
    this.answers.push(answer)
    this.expected.push(expected)
  }
}
