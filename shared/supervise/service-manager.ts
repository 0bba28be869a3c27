/** A service manager that has started this process and wants to be told how it goes. */
export interface ServiceManager {
  /** It starts the program again when it has not heard of it for this long, ms; undefined: it does not. */
  readonly watchdogMs: number | undefined;
}

/** What of the environment is looked at: sd_notify(3), sd_watchdog_enabled(3). */
export interface NotifyVariables {
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: string | undefined;
  readonly WATCHDOG_PID?: string | undefined;
}

/**
 * The service manager of a process; undefined when there is none.
 *
 * @param pid of the process: variables are inherited, so those about the watchdog may mean another one
 */
export function serviceManagerOf(variables: NotifyVariables, pid: number): ServiceManager | undefined {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: usec, WATCHDOG_PID: watchedPid } = variables;
  if (socket === '') return undefined;
  const watchdogMs = Number(usec) / 1000;
  const isMeant = watchedPid === undefined || watchedPid === String(pid);
  return { watchdogMs: isMeant && watchdogMs > 0 ? watchdogMs : undefined };
}
