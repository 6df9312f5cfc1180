import js from '@eslint/js';
import globals from 'globals';

export default [
  js.configs.recommended,
  {
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  { files: ['web/**/*.js'], languageOptions: { globals: globals.browser } },
  {
    // Browser globals too: functions given to page.evaluate run in the page.
    files: ['tests/**/*.js', '*.js'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
