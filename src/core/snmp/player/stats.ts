/** What a played device has seen and done, in datagrams. */
export interface PlayerStats {
  /** Datagrams that came, also those that a fault lost. */
  received: number
  /** Requests that the agent understood and replied to. */
  answered: number
  /** Replies that went out, after faults. */
  sent: number
  lost_requests: number
  lost_replies: number
  /** No SNMP message. */
  malformed: number
  wrong_community: number
  /** SNMPv3 reports: discovery, wrong user, wrong key and the like. */
  reports: number
  v1: number
  v2c: number
  v3: number
  get: number
  get_next: number
  get_bulk: number
  set: number
}

export function createStats(): PlayerStats {
  return {
    received: 0,
    answered: 0,
    sent: 0,
    lost_requests: 0,
    lost_replies: 0,
    malformed: 0,
    wrong_community: 0,
    reports: 0,
    v1: 0,
    v2c: 0,
    v3: 0,
    get: 0,
    get_next: 0,
    get_bulk: 0,
    set: 0,
  }
}

export function addStats(all: Iterable<PlayerStats>): PlayerStats {
  const sum = createStats()
  for (const stats of all) for (const key of Object.keys(sum) as (keyof PlayerStats)[]) sum[key] += stats[key]
  return sum
}
