"""One module per framework; each imports its framework, and nothing else imports it.

What only one of them needs besides stands beside it, such as `django_paths`. They share:

* `shared`: raw paths, the presentation of wrappers, and what is refused when mounting;
* `asgi_messages` (and `wsgi` itself): requests and answers in the terms of the servers;
* `async_streams`: streams whose client may leave; `inflated`: bodies that a framework has inflated;
* `route_names`, `werkzeug_rules`, `templates`: names, rules and URLs of routes, and what an app's own take;
* `annotations`: what a framework may read of a handler's signature.
"""
