import HtmlWebpackPlugin from "html-webpack-plugin";

export default {
  mode: "development",
  entry: "./webpack/main.js",
  output: { filename: "main.js", publicPath: "/" },
  resolve: { symlinks: false },
  plugins: [new HtmlWebpackPlugin({ template: "webpack/index.html" })],
  devServer: {
    historyApiFallback: true,
    static: false,
    port: process.env.PORT,
    host: "127.0.0.1",
  },
};
