/** Hands events from callbacks to one `for await`; ends when told, raises what it is told. */
export class EventQueue<T> implements AsyncIterable<T> {
  private readonly events: T[] = []
  private ended = false
  private error: unknown = null
  private wake: (() => void) | null = null

  push(event: T): void {
    this.events.push(event)
    this.wake?.()
  }

  end(error: unknown = null): void {
    this.ended = true
    this.error ??= error
    this.wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const batch = this.events.splice(0)
      if (batch.length > 0) yield* batch
      else if (this.ended) break
      else {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
        this.wake = null
      }
    }
    if (this.error) throw this.error
  }
}
