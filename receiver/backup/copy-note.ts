/** Something that the administrator has to know about the copying of one log. */
export type CopyNote =
  /** The copy of a segment was no prefix of the source's: its file lies at `path` now, and the segment was fetched again. */
  | { readonly kind: 'set-aside'; readonly segment: number; readonly path: string }
  /** The two copies differ, and the one being written is left as it is. */
  | {
      readonly kind: 'differs';
      readonly segment: number;
      readonly path: string;
      readonly commonBytes: number | undefined;
    }
  /** The target lost the segment, and the source has only its first `otherBytes` bytes: that would be less than is recorded. */
  | {
      readonly kind: 'poorer';
      readonly segment: number;
      readonly path: string;
      readonly otherBytes: number;
    }
  /** The target's file was damaged: it was set aside, and the segment fetched again. */
  | { readonly kind: 'mended'; readonly segment: number; readonly path: string }
  /** The source no longer had these segments (numbers, both inclusive). */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** What the source has of a segment is not what is recorded, so that it was passed over. */
  | {
      readonly kind: 'source-damaged';
      readonly segment: number;
      readonly path: string;
      readonly detail: string;
    }
  /** `log.json` of the target was damaged; it was set aside and written anew. */
  | { readonly kind: 'meta-set-aside'; readonly path: string }
  /** A closed segment of the target could not be compressed. */
  | { readonly kind: 'not-sealed'; readonly segment: number; readonly detail: string };

/** One note in plain words, without a full stop. */
export function describeNote(note: CopyNote): string {
  switch (note.kind) {
    case 'set-aside':
      return `segment ${note.segment} was no copy of the other one; it was set aside as ${note.path} and fetched again`;
    case 'differs':
      return `segment ${note.segment} in ${note.path} differs from the other copy${withinWords(note.commonBytes)}; it was left as it is`;
    case 'poorer':
      return `segment ${note.segment} in ${note.path} is damaged or missing, and the other copy has only its first ${note.otherBytes} bytes; it was left as it is`;
    case 'mended':
      return `segment ${note.segment} in ${note.path} was damaged; the damaged file was set aside and the segment fetched again`;
    case 'gap':
      return note.from === note.to
        ? `segment ${note.from} is missing: it was gone before it could be copied`
        : `segments ${note.from} to ${note.to} are missing: they were gone before they could be copied`;
    case 'source-damaged':
      return `segment ${note.segment} in ${note.path} is damaged and was not copied: ${note.detail}`;
    case 'meta-set-aside':
      return `log.json was damaged; it was set aside as ${note.path} and written anew`;
    case 'not-sealed':
      return `segment ${note.segment} could not be sealed: ${note.detail}`;
    default:
      return note satisfies never;
  }
}

function withinWords(bytes: number | undefined): string {
  return bytes === undefined ? '' : ` within its first ${bytes} bytes`;
}
