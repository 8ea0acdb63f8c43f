import './design/styleNonce';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { loadPageOf } from './routes';
import { begin } from './session/begin';
import { startWords } from './words';

const place = document.getElementById('page');
if (!place) throw new Error('the document has no place for the page');
// Who is here, the page's code and its words are on their way at once: none waits for another.
void begin();
const words = startWords();
loadPageOf(window.location.pathname);
await words;
createRoot(place).render(<App />);
