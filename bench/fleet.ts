/** A network on loopback with printers in it. Addresses that are no printers stay silent. */
export interface Network {
  cidr: string
  printers: number
  /** Milliseconds before each answer. */
  latency?: number
  /** Percent of requests, and of answers, that get lost. */
  requestLoss?: number
  replyLoss?: number
  seed?: number
  /** Every so many-th printer knows SNMP v1 only. */
  v1Every?: number
}

/** What the printers were asked since the last reset, and what was asked where nothing is. */
export interface FleetStats {
  /** Requests to printers, and to dead addresses. */
  req_live: number
  req_dead: number
  hosts_asked: number
  addrs_asked: number
  dropped_req: number
  dropped_rep: number
  /** A hundred times the most requests in ten milliseconds. */
  peak_pps: number
  /** Requests that found the simulator's own receive buffer full. */
  overflow: number
}

export interface Fleet {
  readonly network: Network
  readonly port: number
  /** Of the printers. */
  readonly addresses: readonly string[]
  reset(): Promise<void>
  /** null when the simulator keeps no count. */
  stats(): Promise<FleetStats | null>
  stop(): Promise<void>
}

export interface Simulator {
  readonly name: string
  /** True when it counts requests, knows printers that speak v1 only, and plays thousands of them. */
  readonly isComplete: boolean
  start(network: Network): Promise<Fleet>
}

/** Lends a fleet for one job. */
export async function withFleet<T>(
  simulator: Simulator,
  network: Network,
  job: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  const fleet = await simulator.start(network)
  try {
    return await job(fleet)
  } finally {
    await fleet.stop()
  }
}
