/**
 * The web app: the fleet, its past and its copies, in a browser.
 *
 * 1. It speaks with the receiver that it came from and with nobody else.
 * 2. What comes from outside is shown as text; HTML is only shown in a sandboxed frame.
 * 3. The address after `#` says what is shown, so that back, reload and bookmarks work.
 * 4. Nothing old looks new: when news stop coming in, every page says so.
 */

import { render } from 'preact';
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import './style/shell.css';
import './style/fleet.css';
import './style/node.css';
import './style/parts.css';
import './style/compare.css';
import './style/alerts.css';
import './style/pages.css';
import { App } from './app.tsx';
import { watchLocation } from './data/location.ts';
import { startClock } from './data/now.ts';
import { watchSession } from './data/session.ts';
import { watchTheme } from './data/theme.ts';

watchTheme();
watchLocation();
startClock();
watchSession();

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
