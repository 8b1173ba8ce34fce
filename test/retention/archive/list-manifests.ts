import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from '../../../src/core/retention/archive/archive-file.ts'
import { openDirectoryPlace } from '../../../src/core/retention/archive/directory-place.ts'
import type { Manifest } from '../../../src/core/retention/archive/manifest.ts'

const END = '.manifest.json'

/** Every manifest of a source that lies in a directory, by name. */
export async function* listManifests(directory: string, source: string): AsyncGenerator<Manifest> {
  const place = openDirectoryPlace(directory)
  if (!existsSync(join(directory, source))) return
  const files = readdirSync(join(directory, source), { recursive: true, encoding: 'utf8' }).sort()
  for (const file of files) {
    if (file.endsWith(END)) yield await readManifest(place, `${source}/${file.slice(0, -END.length)}`)
  }
}
