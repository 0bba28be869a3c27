import t from 'tap';
import { Window } from '../../../sender/uplink/window.ts';

t.test('Window counts what is sent and not acknowledged', async (t) => {
  const window = new Window();
  window.send({ segment: 1, offset: 100 }, 100);
  window.send({ segment: 1, offset: 150 }, 50);
  t.equal(window.inFlightBytes, 150);
  window.acknowledge({ segment: 1, offset: 99 });
  t.equal(window.inFlightBytes, 150, 'a frame counts until all of it is acknowledged');
  window.acknowledge({ segment: 1, offset: 100 });
  t.equal(window.inFlightBytes, 50);
  window.acknowledge({ segment: 1, offset: 40 });
  t.equal(window.inFlightBytes, 50, 'an acknowledgement that is overtaken changes nothing');
});

t.test('Window takes the acknowledgement of a later segment for all before it', async (t) => {
  const window = new Window();
  window.send({ segment: 1, offset: 900 }, 100);
  window.send({ segment: 2, offset: 70 }, 70);
  window.acknowledge({ segment: 2, offset: 0 });
  t.equal(window.inFlightBytes, 70);
  window.acknowledge({ segment: 2, offset: 70 });
  t.equal(window.inFlightBytes, 0);
});

t.test('Window.reset() forgets what is under way', async (t) => {
  const window = new Window();
  window.send({ segment: 1, offset: 100 }, 100);
  window.reset();
  t.equal(window.inFlightBytes, 0);
  window.send({ segment: 1, offset: 30 }, 30);
  t.equal(window.inFlightBytes, 30, 'and counts from there on');
});
