import { expect, test } from 'vitest'
import { performAction } from '../../src/tui/feed/actions.ts'

const SCAN = { kind: 'scan_now', agent_id: 'agent 1', name: 'Harbour' } as const
const RECORD = {
  command_id: 'c1',
  state: 'pending',
  created_at: '2025-11-03T18:00:00.000Z',
  expires_at: '2025-11-03T18:05:00.000Z',
}

/** A server whose commands go through these states, one each time that it is asked. */
function serve(states: readonly string[]) {
  const asked: string[] = []
  const send = async (method: string, path: string) => {
    asked.push(`${method} ${path}`)
    return { ...RECORD, state: states[Math.min(asked.length, states.length) - 1] }
  }
  return { asked, api: { send } }
}

test('an agent that is not connected: what waits, and for how long', async () => {
  const { api, asked } = serve(['pending'])
  expect(await performAction(api, SCAN)).toEqual({
    isDone: false,
    text: 'Harbour is not connected. The request waits for it, and expires in 5 min.',
  })
  expect(asked.slice(0, 2)).toEqual(['POST /agents/agent%201/commands', 'GET /commands/c1'])
})

test('one that is: asked, also where the server hands it over a moment after it answered', async () => {
  for (const states of [['sent'], ['pending', 'running']]) {
    expect(await performAction(serve(states).api, SCAN)).toEqual({ isDone: true, text: 'Asked Harbour to scan now.' })
  }
})
