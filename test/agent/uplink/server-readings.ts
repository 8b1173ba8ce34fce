import type { TestServer } from '../../server/start-test-server.ts'

/** The page counts of every reading that the server holds, sorted; those held twice stand there twice. */
export async function listReadings(server: TestServer): Promise<number[]> {
  const { token } = await server.makeToken('viewer')
  const counts: number[] = []
  const { body } = await server.call('/api/v1/devices?limit=1000', { token })
  for (const { device_id } of body.devices) {
    let cursor: string | null = null
    do {
      const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page = await server.call(`/api/v1/devices/${device_id}/metrics?limit=1000${at}&from=2000-01-01`, { token })
      if (page.status !== 200) throw new Error(page.text)
      for (const { page_count } of page.body.metrics) counts.push(page_count)
      cursor = page.body.next_cursor
    } while (cursor !== null)
  }
  return counts.sort((a, b) => a - b)
}
