/** How this program is called: who came by npx has no command of its own (npm sets npm_command to exec). */
export const program = process.env.npm_command === 'exec' ? 'npx broker-setup' : 'broker-setup';
