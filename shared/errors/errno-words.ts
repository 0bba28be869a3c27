/** A code of the operating system, in words. */
export interface ErrnoWords {
  /** What it means, to follow a colon. */
  readonly what: string;
  /** What to do about it. */
  readonly hint: string;
}

const GONE: ErrnoWords = {
  what: 'the drive is gone or does not answer',
  hint: 'Look whether it is mounted and whether its server or cable works; dmesg says what the kernel saw.',
};

const NO_PERMISSION: ErrnoWords = {
  what: 'this user may not do that',
  hint: 'Run it as the user that owns the files, or give this user access to them.',
};

const NO_PROCESS: ErrnoWords = {
  what: 'the system starts no more processes or threads for this user',
  hint: 'End some, or raise the limit: ulimit -u, or TasksMax= of the unit.',
};

const WORDS: Readonly<Record<string, ErrnoWords>> = {
  ENOSPC: {
    what: 'the disk is full',
    hint: 'Free some space there. If df -h shows space, df -i shows whether the inodes are used up.',
  },
  EDQUOT: {
    what: 'the disk quota of this user is used up',
    hint: 'Free some space, or have the quota raised.',
  },
  EROFS: {
    what: 'the file system is read-only',
    hint: 'Mount it writable, or name another directory. A disk with faults turns read-only by itself: dmesg says so.',
  },
  EIO: {
    what: 'the disk cannot read or write it',
    hint: 'The disk or its cable may be failing: look at dmesg and smartctl before you go on.',
  },
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EMFILE: {
    what: 'this program has as many files open as it may',
    hint: 'Raise the limit: ulimit -n, or LimitNOFILE= of the unit.',
  },
  ENFILE: {
    what: 'the system has as many files open as it may',
    hint: 'Raise fs.file-max (sysctl), or look which program holds them: lsof.',
  },
  ENOMEM: {
    what: 'there is no memory left',
    hint: 'Free some memory, or raise the limit of the unit: MemoryMax=.',
  },
  EAGAIN: NO_PROCESS,
  EFBIG: {
    what: 'the file is larger than it may be',
    hint: 'Raise the limit: ulimit -f, or LimitFSIZE= of the unit.',
  },
  ENOENT: {
    what: 'it is not there',
    hint: 'Look whether somebody has moved or removed it, and whether its drive is mounted.',
  },
  ENOTDIR: { what: 'a part of its path is not a directory', hint: 'Check the path.' },
  EISDIR: { what: 'it is a directory', hint: 'Name a file.' },
  EEXIST: { what: 'it is there already', hint: 'Look what it is, and move it away.' },
  ENOTEMPTY: { what: 'the directory is not empty', hint: 'Look what is in it, and move it away.' },
  ENAMETOOLONG: { what: 'its name is too long for the file system', hint: 'Choose a shorter path.' },
  ELOOP: { what: 'its symbolic links lead in a circle', hint: 'Look at the links in its path: ls -l.' },
  EBUSY: { what: 'something else is using it', hint: 'Look which program does (lsof), and try again.' },
  EXDEV: { what: 'it is on another file system', hint: 'Keep the whole directory on one file system.' },
  EPIPE: { what: 'the other side has closed the connection', hint: 'Try again; its own log may say why.' },
  ECONNRESET: {
    what: 'the other side has closed the connection',
    hint: 'Try again; its own log may say why.',
  },
  ECONNREFUSED: {
    what: 'nothing listens there',
    hint: 'Look whether the program runs there, and on that port.',
  },
  ETIMEDOUT: { what: 'there was no answer in time', hint: 'Look at the network, and try again.' },
  EADDRINUSE: {
    what: 'another program uses that address',
    hint: 'Choose another port, or end that program.',
  },
  EADDRNOTAVAIL: {
    what: 'this machine does not have that address',
    hint: 'Choose an address of this machine: ip address.',
  },
  ENOTFOUND: {
    what: 'no host of that name was found',
    hint: 'Check the spelling, and whether this machine can resolve names.',
  },
  ENODEV: GONE,
  ENXIO: GONE,
  ESTALE: GONE,
  ENOTCONN: GONE,
  EREMOTEIO: GONE,
  ESHUTDOWN: GONE,
};

/** Puts a code of the operating system into words; one that is not listed stays what it is. */
export function explainErrno(errno: string): ErrnoWords {
  return (
    WORDS[errno] ?? {
      what: 'the operating system refused it',
      hint: `man 3 errno says what ${errno} means; dmesg may say more.`,
    }
  );
}
