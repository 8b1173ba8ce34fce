import { Agent, request } from 'undici'

const TIMEOUT = 5000

export interface Health {
  /** False when the server says that it fails, or says nothing at all in time. */
  readonly isAlive: boolean
  /** Null when it was not told. */
  readonly agents: number | null
}

export interface HealthProbe {
  ask(): Promise<Health>
  close(): Promise<void>
}

/**
 * Asks a server of this machine how it is, at `url` and over its own front door. A connection that it turns away
 * (because it has as many as it takes) is a sign of life.
 */
export function createHealthProbe(url: string, timeout = TIMEOUT): HealthProbe {
  // the certificate is for those who come by its name; nothing secret is sent or believed here
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false, timeout }, connections: 1 })
  const ask = async (path: string) => {
    const answer = await request(new URL(path, url), { dispatcher, signal: AbortSignal.timeout(timeout) })
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> }
  }
  return {
    async ask() {
      try {
        const { status } = await ask('/healthz')
        if (status !== 200) return { isAlive: false, agents: null }
        const { body } = await ask('/readyz')
        return { isAlive: true, agents: Number(body.agents_connected) }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined
        return { isAlive: code === 'UND_ERR_SOCKET' || code === 'ECONNRESET', agents: null }
      }
    },
    close: () => dispatcher.destroy(),
  }
}
