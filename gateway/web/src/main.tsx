import './design/styleNonce';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { startWords } from './words';

const place = document.getElementById('page');
if (!place) throw new Error('the document has no place for the page');
await startWords();
createRoot(place).render(<App />);
