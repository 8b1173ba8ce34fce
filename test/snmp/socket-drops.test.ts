import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { readSocketDrops } from '../../src/core/snmp/socket-drops.ts'

it.runIf(process.platform === 'linux')('counts what found the receive buffer full', async () => {
  const socket = createSocket('udp4')
  const sender = createSocket({ type: 'udp4', lookup: (address, _options, done) => done(null, address, 4) })
  try {
    const bound = Promise.all([once(socket, 'listening'), once(sender, 'listening')])
    socket.bind(0, '127.77.1.1')
    sender.bind(0, '127.77.1.2')
    await bound
    socket.setRecvBufferSize(4096)
    const { port } = socket.address()
    expect(await readSocketDrops(4, port)).toBe(0)
    // nothing reads between these
    for (let i = 0; i < 500; i++) sender.send(Buffer.alloc(1000), port, '127.77.1.1')
    expect(await readSocketDrops(4, port)).toBeGreaterThan(400)
    expect(await readSocketDrops(4, 1)).toBeNull()
  } finally {
    socket.close()
    sender.close()
  }
})
