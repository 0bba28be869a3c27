import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'fleetkeep_session';

/** The browser forgets it after that, seconds; the receiver may do so earlier. */
const MAX_AGE = 90 * 86_400;

/** The cookie that holds a session: out of reach of scripts, and never sent along by a link on another site. */
export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  set(reply: FastifyReply, secret: string): void;
  clear(reply: FastifyReply): void;
}

/** @param isSecure whether the pages are served by TLS, so that the cookie never goes without it */
export function sessionCookie(isSecure: boolean): SessionCookie {
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return {
    read(request) {
      const header = request.headers.cookie ?? '';
      const found = header.split(';').map((part) => part.trim().split('='));
      return found.find(([name]) => name === NAME)?.[1];
    },
    set: (reply, secret) =>
      void reply.header('set-cookie', `${NAME}=${secret}; Max-Age=${MAX_AGE}; ${attributes}`),
    clear: (reply) => void reply.header('set-cookie', `${NAME}=; Max-Age=0; ${attributes}`),
  };
}
