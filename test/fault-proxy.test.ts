import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { request } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRandom, type FaultProxy, startFaultProxy } from './fault-proxy.ts'

describe('the fault proxy', () => {
  const got: string[] = []
  let proxy: FaultProxy
  let close: () => void

  beforeEach(async () => {
    got.length = 0
    const server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of incoming) chunks.push(chunk as Buffer)
      } catch {
        return
      }
      got.push(Buffer.concat(chunks).toString())
      outgoing.end('a'.repeat(2000))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    proxy = await startFaultProxy((server.address() as { port: number }).port)
    close = () => {
      server.closeAllConnections()
      server.close()
    }
  })
  afterEach(async () => {
    await proxy.close()
    close()
  })

  const post = async (body: string): Promise<string> => {
    const answer = await request(proxy.url, { method: 'POST', body, headers: { connection: 'close' } })
    return answer.body.text()
  }
  const arrived = (wanted: string[]) => vi.waitFor(() => expect(got).toEqual(wanted), { timeout: 5000, interval: 2 })

  it('passes requests on and answers back, several on one connection', async () => {
    expect(await post('one')).toHaveLength(2000)
    const socket = connect(proxy.port, '127.0.0.1')
    const message = (body: string) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    socket.resume().write(message('two') + message('three').slice(0, -2))
    socket.write('ee')
    await arrived(['one', 'two', 'three'])
    socket.destroy()
    expect(proxy.counts).toMatchObject({ requests: 3, connections: 2, duplicate: 0 })
  })

  it('turns away who connects, and resets what is open', async () => {
    const socket = connect(proxy.port, '127.0.0.1').on('error', () => undefined)
    await once(socket, 'connect')
    await vi.waitFor(() => expect(proxy.counts.connections).toBe(1))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    proxy.set({ refuse: true })
    await closed
    await expect(post('x')).rejects.toThrow()
    expect(got).toEqual([])
    proxy.heal()
    await post('y')
    expect(got).toEqual(['y'])
  })

  it('cuts on the way up before the server has the request', async () => {
    proxy.set({ cut_up: 1 })
    await expect(post('x'.repeat(5000))).rejects.toThrow()
    expect(got).toEqual([])
    expect(proxy.counts.cut_up).toBe(1)
  })

  it('cuts on the way down, and drops answers, after the server has it', async () => {
    proxy.set({ cut_down: 1 })
    await expect(post('one')).rejects.toThrow()
    proxy.set({ cut_down: 0, drop_answer: 1 })
    await expect(post('two')).rejects.toThrow()
    await arrived(['one', 'two'])
  })

  it('duplicates a request, and the client gets one answer', async () => {
    proxy.set({ duplicate: 1 })
    expect(await post('twice')).toHaveLength(2000)
    await arrived(['twice', 'twice'])
  })

  it('brings a request after a later one', async () => {
    proxy.set({ reorder: 1 })
    await expect(post('first')).rejects.toThrow()
    proxy.set({ reorder: 0 })
    await post('second')
    await arrived(['second', 'first'])
  })

  it('slows down, and stalls until it is lifted', async () => {
    proxy.set({ bytes_per_second: 10_000 })
    const began = performance.now()
    await post('x'.repeat(1000))
    // a thousand bytes up and two thousand down
    expect(performance.now() - began).toBeGreaterThan(250)
    proxy.set({ bytes_per_second: null, stall: true })
    let isDone = false
    const posting = post('stalled').then(() => {
      isDone = true
    })
    await vi.waitFor(() => expect(proxy.counts.requests).toBe(2))
    await new Promise((resolve) => setImmediate(resolve))
    expect([isDone, got.length]).toEqual([false, 1])
    proxy.set({ stall: false })
    await posting
    expect(got).toHaveLength(2)
  })

  it('draws the same faults from the same seed', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => Array.from({ length: 5 }, createRandom(seed)))
    expect(one).toEqual(same)
    expect(one).not.toEqual(other)
    for (const value of one ?? []) expect(value).toBeLessThan(1)
  })
})
