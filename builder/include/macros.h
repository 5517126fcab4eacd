/* Macros and inline functions of CPython's headers, each defined by functions of the stable ABI. */
#define PyObject_CallMethod _PyObject_CallMethod_SizeT
#define PyObject_CallFunction _PyObject_CallFunction_SizeT
#define PyModule_Create(module) PyModule_Create2(module, 1013)
#define PyObject_New(type, typeobj) ((type*)_PyObject_New(typeobj))
#define PyObject_GC_New(type, typeobj) ((type*)_PyObject_GC_New(typeobj))
#define PyObject_Del PyObject_Free
#define PyMem_New(type, n) ((type*)PyMem_Malloc((n) * sizeof(type)))
#define PyMem_Del PyMem_Free
#define PyObject_DelAttrString(o, name) PyObject_SetAttrString(o, name, NULL)
#define PyObject_DelAttr(o, name) PyObject_SetAttr(o, name, NULL)

#define _PyObject_CAST(o) ((PyObject*)(o))
#define Py_REFCNT(o) (_PyObject_CAST(o)->ob_refcnt)
#define Py_TYPE(o) (_PyObject_CAST(o)->ob_type)
#define Py_SIZE(o) (((PyVarObject*)(o))->ob_size)
#define Py_SET_REFCNT(o, count) ((void)(_PyObject_CAST(o)->ob_refcnt = (count)))
#define Py_SET_TYPE(o, type) ((void)(Py_TYPE(o) = (type)))
#define Py_SET_SIZE(o, size) ((void)(Py_SIZE(o) = (size)))
#define Py_IS_TYPE(o, type) (Py_TYPE(o) == (type))
#define Py_Is(a, b) ((a) == (b))
#define Py_INCREF(o) Py_IncRef(_PyObject_CAST(o))
#define Py_XINCREF(o) Py_IncRef(_PyObject_CAST(o))
#define Py_DECREF(o) Py_DecRef(_PyObject_CAST(o))
#define Py_XDECREF(o) Py_DecRef(_PyObject_CAST(o))
static inline PyObject* Py_NewRef(PyObject* o) {
    Py_IncRef(o);
    return o;
}
#define Py_XNewRef(o) Py_NewRef(_PyObject_CAST(o))
#define Py_NewRef(o) Py_NewRef(_PyObject_CAST(o))
#define Py_CLEAR(o)                          \
    do {                                     \
        PyObject* _cleared = (PyObject*)(o); \
        if (_cleared != NULL) {              \
            (o) = NULL;                      \
            Py_DecRef(_cleared);             \
        }                                    \
    } while (0)
#define Py_VISIT(o)                                        \
    do {                                                   \
        if (o) {                                           \
            int vret = visit((PyObject*)(o), arg);         \
            if (vret) return vret;                         \
        }                                                  \
    } while (0)

#define Py_None (&_Py_NoneStruct)
#define Py_True ((PyObject*)&_Py_TrueStruct)
#define Py_False ((PyObject*)&_Py_FalseStruct)
#define Py_Ellipsis (&_Py_EllipsisObject)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_RETURN_NONE return Py_NewRef(Py_None)
#define Py_RETURN_TRUE return Py_NewRef(Py_True)
#define Py_RETURN_FALSE return Py_NewRef(Py_False)
#define Py_RETURN_NOTIMPLEMENTED return Py_NewRef(Py_NotImplemented)

#define PyType_HasFeature(type, feature) ((PyType_GetFlags(type) & (feature)) != 0)
#define PyType_FastSubclass PyType_HasFeature
#define PyObject_TypeCheck(o, type) (Py_IS_TYPE(o, type) || PyType_IsSubtype(Py_TYPE(o), type))
#define PyType_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_TYPE_SUBCLASS)
#define PyType_CheckExact(o) Py_IS_TYPE(o, &PyType_Type)
#define PyLong_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_LONG_SUBCLASS)
#define PyLong_CheckExact(o) Py_IS_TYPE(o, &PyLong_Type)
#define PyList_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_LIST_SUBCLASS)
#define PyList_CheckExact(o) Py_IS_TYPE(o, &PyList_Type)
#define PyTuple_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_TUPLE_SUBCLASS)
#define PyTuple_CheckExact(o) Py_IS_TYPE(o, &PyTuple_Type)
#define PyBytes_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_BYTES_SUBCLASS)
#define PyBytes_CheckExact(o) Py_IS_TYPE(o, &PyBytes_Type)
#define PyUnicode_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_UNICODE_SUBCLASS)
#define PyUnicode_CheckExact(o) Py_IS_TYPE(o, &PyUnicode_Type)
#define PyDict_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_DICT_SUBCLASS)
#define PyDict_CheckExact(o) Py_IS_TYPE(o, &PyDict_Type)
#define PyExceptionClass_Check(o) \
    (PyType_Check(o) && PyType_HasFeature((PyTypeObject*)(o), Py_TPFLAGS_BASE_EXC_SUBCLASS))
#define PyExceptionInstance_Check(o) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_BASE_EXC_SUBCLASS)
#define PyExceptionInstance_Class(o) _PyObject_CAST(Py_TYPE(o))
#define PyBool_Check(o) Py_IS_TYPE(o, &PyBool_Type)
#define PyByteArray_Check(o) PyObject_TypeCheck(o, &PyByteArray_Type)
#define PyByteArray_CheckExact(o) Py_IS_TYPE(o, &PyByteArray_Type)
#define PyCapsule_CheckExact(o) Py_IS_TYPE(o, &PyCapsule_Type)
#define PyCFunction_Check(o) PyObject_TypeCheck(o, &PyCFunction_Type)
#define PyCFunction_CheckExact(o) Py_IS_TYPE(o, &PyCFunction_Type)
#define PyComplex_Check(o) PyObject_TypeCheck(o, &PyComplex_Type)
#define PyFloat_Check(o) PyObject_TypeCheck(o, &PyFloat_Type)
#define PyFloat_CheckExact(o) Py_IS_TYPE(o, &PyFloat_Type)
#define PyFrozenSet_CheckExact(o) Py_IS_TYPE(o, &PyFrozenSet_Type)
#define PyMemoryView_Check(o) Py_IS_TYPE(o, &PyMemoryView_Type)
#define PyRange_Check(o) Py_IS_TYPE(o, &PyRange_Type)
#define PySlice_Check(o) Py_IS_TYPE(o, &PySlice_Type)
#define PyAnySet_CheckExact(o) (Py_IS_TYPE(o, &PySet_Type) || Py_IS_TYPE(o, &PyFrozenSet_Type))
#define PyType_IS_GC(type) PyType_HasFeature(type, Py_TPFLAGS_HAVE_GC)
#define PySet_Check(o) (PyAnySet_CheckExact(o) || PyType_IsSubtype(Py_TYPE(o), &PySet_Type))
#define PyTraceBack_Check(o) Py_IS_TYPE(o, &PyTraceBack_Type)
#define PySequence_ITEM PySequence_GetItem
#define PyBytes_AS_STRING PyBytes_AsString

#define PyGILState_LOCKED 0
#define PyGILState_UNLOCKED 1
#define Py_BEGIN_ALLOW_THREADS           \
    {                                    \
        PyThreadState* _save;            \
        _save = PyEval_SaveThread();
#define Py_END_ALLOW_THREADS         \
        PyEval_RestoreThread(_save); \
    }
#define Py_file_input 257
#define Py_eval_input 258
#define Py_single_input 256
#define PyDoc_STR(text) text
#define PyDoc_VAR(name) static const char name[]
#define PyDoc_STRVAR(name, text) PyDoc_VAR(name) = PyDoc_STR(text)
#define PYTHON_API_VERSION 1013
#define PYTHON_ABI_VERSION 3
