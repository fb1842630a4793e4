"""A Starlette application with one path and one socket: others get 404 and 403."""
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute


async def hello(request):
    return PlainTextResponse("hello from Starlette")


async def own(websocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


app = Starlette(routes=[Route("/py", hello), WebSocketRoute("/own", own)])
