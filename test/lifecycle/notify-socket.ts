import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A real Unix datagram socket as systemd has it, which Node cannot open: prints each datagram as one line of JSON. */
const LISTENER = `
import json, os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print(json.dumps("bound"), flush=True)
while True:
    text, ancillary, _flags, _address = listener.recvmsg(65536, 1024)
    for _level, _kind, data in ancillary:
        for i in range(0, len(data), 4):
            os.close(int.from_bytes(data[i:i+4], sys.byteorder))
    print(json.dumps(text.decode()), flush=True)
`

export interface NotifySocket {
  /** For NOTIFY_SOCKET. */
  readonly path: string
  /** Every message but the barriers of systemd-notify, in order, as its lines. */
  readonly messages: string[][]
  /** Resolves with the first message, from the given one on, that has a line which begins so. */
  received(beginning: string, from?: number): Promise<string[]>
}

/** Listens until the test is over. */
export async function openNotifySocket(): Promise<NotifySocket> {
  const folder = mkdtempSync(join(tmpdir(), 'printmaster-notify-'))
  const path = join(folder, 'notify')
  const child: ChildProcess = spawn('python3', ['-c', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  })
  const messages: string[][] = []
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  await once(lines, 'line')
  lines.on('line', (line) => {
    const message = (JSON.parse(line) as string).split('\n').filter((text) => text !== '')
    if (message[0] !== 'BARRIER=1') messages.push(message)
    lines.emit('message')
  })
  return {
    path,
    messages,
    received: async (beginning, from = 0) => {
      for (;;) {
        const found = messages.slice(from).find((message) => message.some((line) => line.startsWith(beginning)))
        if (found) return found
        await once(lines, 'message')
      }
    },
  }
}
