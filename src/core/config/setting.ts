import type { Kind } from './kinds.ts'

/**
 * One key of `config.ini`. A key of a secret kind has a companion `KEY_file`, which names a file that holds the value.
 * In the environment each is `PRINTMASTER_SECTION_KEY`.
 */
export interface Setting<T> {
  readonly kind: Kind<T>
  /** As it would stand in the file; empty when the key has no value of its own. */
  readonly initial: string
  /** One line for `config.ini.example`. */
  readonly why: string
  /** Shown in the example where there is no default. */
  readonly sample?: string
  /** The value is a path: relative to the directory of config.ini, or to the working directory in the environment. */
  readonly path?: true
}

export type Settings = Readonly<Record<string, Setting<unknown>>>

export interface Section {
  readonly why: string
  readonly keys: Settings
  /** What `[section.NAME]` may hold; none where the section cannot be named. */
  readonly named?: { readonly why: string; readonly sample: string; readonly keys: Settings }
}

/** The typed values of a table of settings; undefined where the key has neither value nor default. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T | undefined : never
}

/** The companion key that names a file with the secret. */
export function fileKey(key: string): string {
  return `${key}_file`
}
