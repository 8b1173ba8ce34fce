/** Who did it: recorded with every audit entry. */
export interface Actor {
  readonly type: 'agent' | 'token' | 'local' | 'server'
  /** agent_id, token_id, or the user's name on the machine. */
  readonly id: string
  readonly ip_address: string | null
}
