/** What the bench tells the process that plays agents. */
export type AgentsOrder =
  | { kind: 'connect'; address: string; tokens: string[]; heartbeat_ms: number }
  | { kind: 'drop'; index: number }
  | { kind: 'return'; index: number }

/** What it says: milliseconds since 1970, of the one clock that both see. */
export type AgentsReport =
  | { kind: 'open' | 'closed'; count: number; index: number; at: number }
  | { kind: 'dropped'; index: number; at: number }
