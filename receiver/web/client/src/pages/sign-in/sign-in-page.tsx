import { useState } from 'preact/hooks';
import { ApiError } from '../../data/api.ts';
import { goTo, route } from '../../data/location.ts';
import { askSession, type Session, setUp, signIn } from '../../data/session.ts';
import { useFocus } from '../../parts/use-focus.ts';

const MIN_PASSWORD_LENGTH = 10;

/** Properties of {@link SignInPage}. */
export interface SignInPageProps {
  readonly session: Exclude<Session, { readonly kind: 'asking' | 'signed-in' }>;
}

/** The door: signing in, or choosing the first password with the link that the receiver printed. */
export function SignInPage({ session }: SignInPageProps) {
  const { page, name } = route.value;
  return (
    <main class="door">
      <div class="door-panel">
        <svg class="door-sign" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M6 18h4l3-8 5 13 3-9 2 4h3" />
        </svg>
        <h1>Fleetkeep</h1>
        {session.kind === 'unreachable' ? (
          <Unreachable message={session.message} />
        ) : page === 'setup' && name !== undefined ? (
          <SetUpForm token={name} />
        ) : session.kind === 'set-up-needed' ? (
          <NoPasswordYet />
        ) : (
          <SignInForm />
        )}
      </div>
    </main>
  );
}

function SignInForm() {
  const first = useFocus<HTMLInputElement>();
  const [problem, submit, isBusy] = useSubmit(async (form) => {
    await signIn(String(form.get('user')), String(form.get('password')));
    if (route.peek().page === 'login') goTo('#/');
  });
  return (
    <form onSubmit={submit}>
      <label>
        Name
        <input name="user" autocomplete="username" autocapitalize="none" required defaultValue="admin" />
      </label>
      <label>
        Password
        <input name="password" type="password" autocomplete="current-password" required ref={first} />
      </label>
      <Problem error={problem} />
      <button type="submit" class="primary" disabled={isBusy}>
        Sign in
      </button>
    </form>
  );
}

function SetUpForm({ token }: { token: string }) {
  const first = useFocus<HTMLInputElement>();
  const [problem, submit, isBusy] = useSubmit(async (form) => {
    const password = String(form.get('password'));
    if (password !== form.get('again')) throw new Error('The two passwords differ.');
    await setUp(token, password);
    goTo('#/');
  });
  return (
    <form onSubmit={submit}>
      <p>Choose the password of the administrator, who is called “admin”.</p>
      <input
        class="unseen"
        name="user"
        autocomplete="username"
        value="admin"
        readOnly
        tabIndex={-1}
        aria-label="Name"
      />
      <label>
        Password, at least {MIN_PASSWORD_LENGTH} characters
        <input
          name="password"
          type="password"
          autocomplete="new-password"
          minLength={MIN_PASSWORD_LENGTH}
          required
          ref={first}
        />
      </label>
      <label>
        The same again
        <input name="again" type="password" autocomplete="new-password" required />
      </label>
      <Problem error={problem} />
      <button type="submit" class="primary" disabled={isBusy}>
        Set password
      </button>
    </form>
  );
}

function NoPasswordYet() {
  return (
    <>
      <p>Nobody can sign in yet: the administrator has no password.</p>
      <p>
        Open the link that the receiver printed when it started last. It contains “#/setup/” and works once.
        On the receiver, <code>fleetkeep-receiver web-password</code> prints another one.
      </p>
    </>
  );
}

function Unreachable({ message }: { message: string }) {
  return (
    <>
      <p role="alert">{message}</p>
      <button type="button" class="primary" onClick={() => void askSession()}>
        Try again
      </button>
    </>
  );
}

function Problem({ error }: { error: Error | undefined }) {
  return (
    <p class="problem" role="alert">
      {error && [error.message, error instanceof ApiError && error.hint].filter(Boolean).join(' ')}
    </p>
  );
}

/** A form's handler that does not leave the page, with what went wrong and whether it is at work. */
function useSubmit(
  act: (form: FormData) => Promise<void>,
): readonly [Error | undefined, (event: SubmitEvent) => void, boolean] {
  const [problem, setProblem] = useState<Error>();
  const [isBusy, setBusy] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    setBusy(true);
    setProblem(undefined);
    act(new FormData(event.currentTarget))
      .catch((error: unknown) => setProblem(error instanceof Error ? error : new Error(String(error))))
      .finally(() => setBusy(false));
  };
  return [problem, submit, isBusy];
}
