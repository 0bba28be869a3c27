import { computed, effect, signal } from '@preact/signals';
import { ApiError, csrf, getJson, refusals, send } from './api.ts';
import type { SessionAnswer } from './contract.ts';

/** Who looks at these pages. */
export type Session =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'set-up-needed' }
  | { readonly kind: 'signed-out' }
  | {
      readonly kind: 'signed-in';
      readonly user: string;
      readonly role: 'admin' | 'viewer';
      readonly version: string;
    };

/** The present session. */
export const session = signal<Session>({ kind: 'asking' });

/** Whether what changes something may be shown. */
export const isAdmin = computed(() => session.value.kind === 'signed-in' && session.value.role === 'admin');

/** Asks who is signed in; does it again whenever the receiver refuses a request for want of a session. */
export function watchSession(): void {
  let seen = 0;
  effect(() => {
    const refused = refusals.value;
    // The question itself is refused too when nobody is signed in.
    if (refused > seen && session.peek().kind !== 'signed-in') return;
    seen = refused;
    void askSession();
  });
}

/** Asks who is signed in. */
export async function askSession(): Promise<void> {
  session.value = await readSession();
}

/** Finds out whether the session is over. That the receiver does not answer says nothing about that. */
export async function checkSession(): Promise<void> {
  const found = await readSession();
  if (found.kind !== 'unreachable') session.value = found;
}

/** Signs in. @throws ApiError when name or password are wrong, or too many were tried */
export async function signIn(user: string, password: string): Promise<void> {
  await send('POST', '/session', { user, password });
  await askSession();
}

/** Sets the first administrator's password. @throws ApiError when the link is used up or wrong */
export async function setUp(token: string, password: string): Promise<void> {
  await send('POST', '/setup', { token, password });
  await askSession();
}

/** Ends the session on the receiver and here. */
export async function signOut(): Promise<void> {
  await send('DELETE', '/session').catch(() => undefined);
  await askSession();
}

async function readSession(): Promise<Session> {
  try {
    const answer = await getJson<SessionAnswer>('/session');
    csrf.value = answer.csrf;
    return { kind: 'signed-in', user: answer.user, role: answer.role, version: answer.version };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'SETUP_NEEDED') return { kind: 'set-up-needed' };
    if (error.status === 401) return { kind: 'signed-out' };
    return { kind: 'unreachable', message: error.message };
  }
}
