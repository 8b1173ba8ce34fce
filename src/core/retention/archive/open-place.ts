import { dirname, join } from 'node:path'
import type { ArchiveOptions } from '../retention-options.ts'
import { openDirectoryPlace } from './directory-place.ts'
import type { ArchivePlace } from './place.ts'
import { describeS3, openS3Place } from './s3-place.ts'

/** The place that config names. @param database whose archives they are */
export async function openArchivePlace(options: ArchiveOptions, database: string): Promise<ArchivePlace> {
  if (options.kind === 'directory') return openDirectoryPlace(findDirectory(options, database))
  return openS3Place(options)
}

/** The same, in words. */
export function describePlace(options: ArchiveOptions, database: string): string {
  if (options.kind === 'directory') return findDirectory(options, database)
  return describeS3(options)
}

/** Left out, it is beside the database. */
export const findDirectory = (
  { directory }: Extract<ArchiveOptions, { kind: 'directory' }>,
  database: string,
): string => directory ?? join(dirname(database), 'archive')
