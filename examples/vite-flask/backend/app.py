from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/api/books")
def books():
    return jsonify(["Middlemarch", "Bleak House"])


@app.errorhandler(404)
def nobody(_):
    return jsonify(error="Flask knows no such path"), 404
