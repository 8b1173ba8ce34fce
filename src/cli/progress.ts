import cliProgress from 'cli-progress'
import type { ScanProgress } from '../core/model/scan-event.ts'

/** A progress bar on stderr; nothing at all where stderr is no terminal. */
export class Progress {
  private readonly bar: cliProgress.SingleBar | null

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.bar = stream.isTTY
      ? new cliProgress.SingleBar({
          stream,
          format: '{bar} {asked}/{all} asked: answered {answered}, printers {printers}, failed {failed}',
          barCompleteChar: '█',
          barIncompleteChar: '░',
          barsize: 24,
          // an end by a second Ctrl-C would leave it hidden
          hideCursor: false,
          clearOnComplete: true,
          linewrap: false,
        })
      : null
  }

  show(progress: ScanProgress): void {
    if (!this.bar) return
    const payload = { ...progress, all: progress.total ?? '?' }
    if (!this.bar.isActive) this.bar.start(progress.total ?? progress.asked, progress.asked, payload)
    else this.bar.update(progress.asked, payload)
  }

  /** Takes the bar away, for other lines to be printed or for good. */
  clear(): void {
    this.bar?.stop()
  }
}
