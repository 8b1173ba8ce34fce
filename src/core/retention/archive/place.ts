/** Where archives lie: names with slashes, each a file of bytes. */
export interface ArchivePlace {
  /** For people: a path or a URL, without anything secret. */
  describe(): string
  /**
   * Puts a file there under a name that it gets only when it is whole; one of that name is replaced.
   * @throws PrintMasterError archive_failed
   */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<void>
  /** @throws PrintMasterError archive_failed, for one that is not there as well */
  read(name: string): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** A file of one of our archives: rows, or what is said of them. */
export const NAME = /^[a-z0-9_]{1,64}(\/[a-z0-9_-]{1,64}){1,4}(\.[a-z]{1,16}){1,4}$/
