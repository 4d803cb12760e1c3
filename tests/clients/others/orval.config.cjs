module.exports = {
  api: {
    input: process.env.DOCUMENT,
    output: { target: "generated/orval.ts", client: "fetch", baseUrl: process.env.URL },
  },
};
