import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A gateway that runs already, for `npm run dev`: WORKBENCH_GATEWAY=http://127.0.0.1:8080
const gateway = process.env.WORKBENCH_GATEWAY ?? 'http://127.0.0.1:8080';

const proxy = { '/v1': gateway, '/app/session': gateway, '/docs': gateway };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-__STYLE_NONCE__'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export default defineConfig({
  base: '/app/',
  // The page takes the client as it stands here, not as it is packed.
  resolve: { alias: { '@rm-workbench/client': new URL('./client/src/index.ts', import.meta.url).pathname } },
  plugins: [react()],
  build: {
    outDir: '../../build/page',
    emptyOutDir: true,
    // The content security policy has no room for scripts and pictures inside of documents.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // These packages do nothing when they are imported, and do not say so: what is not used of them is left out.
      treeshake: { moduleSideEffects: [{ test: /node_modules\/@(rc-component|ant-design)\//, sideEffects: false }] },
      // What every page needs comes in one piece: it compresses better than sixty, and is asked for once.
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy },
  // What was built, under the policy with which the gateway serves it.
  preview: { proxy, headers: { 'Content-Security-Policy': policy } },
});
