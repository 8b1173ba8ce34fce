import { describe, expect, it } from 'vitest'
import { DAY, NOW, openAt, openTemporary, workFor } from './open-temporary.ts'

const command = (command_id: string) => ({
  command_id,
  kind: 'scan_now' as const,
  params: { targets: ['192.0.2.1'] },
  expires_at: NOW + DAY,
})

describe('commands in the journal', () => {
  it('are begun once, end once, and stay open until the server knows', () => {
    const { journal, file } = openTemporary()
    expect(journal.acceptCommand(command('one'))).toBe(true)
    expect(journal.acceptCommand(command('one'))).toBe(false)
    expect(journal.listOpenCommands()).toEqual([{ ...command('one'), state: 'waiting', message: null, result: null }])
    expect(journal.beginCommand('one')).toBe(true)
    journal.close()

    const reopened = openAt(file)
    expect(reopened.findCommand('one')).toMatchObject({ state: 'running' })
    expect(reopened.beginCommand('one')).toBe(false)
    reopened.endCommand('one', { state: 'succeeded', result: { printers: 3 } }, NOW)
    reopened.endCommand('one', { state: 'failed', message: 'later' }, NOW)
    expect(reopened.beginCommand('one')).toBe(false)
    expect(reopened.listOpenCommands()).toMatchObject([{ state: 'succeeded', message: null, result: { printers: 3 } }])
    reopened.deliverCommand('one', true)
    expect(reopened.listOpenCommands()).toEqual([])
    expect(reopened.acceptCommand(command('one'))).toBe(false)
    reopened.deliverCommand('one', false)
    expect(reopened.listOpenCommands()).toMatchObject([{ result: { printers: 3 } }])
    expect(reopened.findCommand('none')).toBeNull()
  })

  it('are kept for seven days of work after their end', () => {
    const { journal } = openTemporary()
    for (const id of ['told', 'untold', 'open']) journal.acceptCommand(command(id))
    journal.endCommand('told', { state: 'refused' }, NOW)
    journal.deliverCommand('told', true)
    journal.endCommand('untold', { state: 'failed', message: 'nobody heard' }, NOW)
    workFor(journal, NOW, 6 * DAY)
    expect(journal.findCommand('told')).not.toBeNull()
    workFor(journal, NOW + 6 * DAY, 2 * DAY)
    expect(journal.findCommand('told')).toBeNull()
    expect(journal.listOpenCommands().map(({ command_id }) => command_id)).toEqual(['open'])
  })
})
