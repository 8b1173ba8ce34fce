/** One key with its value as written, and where it stands. */
export interface Entry {
  /** As in brackets: `snmp`, `snmp.lab`. */
  readonly section: string
  readonly key: string
  readonly text: string
  /** For messages: `config.ini:12: [snmp] timeout`, or the name of the environment variable. */
  readonly where: string
  /** What a relative path in the value is relative to. */
  readonly directory: string
}
