"""The names of Keras' layers that are read, and of what their configurations may hold."""

IDENTITIES = frozenset(
    """
        Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout GaussianNoise AlphaDropout
        ActivityRegularization Identity InputLayer
    """.split()
)
"""Layers that do nothing in inference."""

KNOWN = IDENTITIES | frozenset(
    """
        Sequential Functional Model Dense Conv1D Conv2D Conv3D DepthwiseConv1D DepthwiseConv2D BatchNormalization
        ReLU LeakyReLU PReLU Activation Softmax Add Subtract Average Maximum Minimum Concatenate Flatten Reshape
        Permute MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
        GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
        GlobalMaxPooling3D ZeroPadding1D ZeroPadding2D Cropping1D Cropping2D UpSampling1D UpSampling2D Rescaling
        Conv1DTranspose Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D EinsumDense Normalization
        ZeroPadding3D Cropping3D UpSampling3D Multiply Divide TrueDivide Negative Absolute Abs Matmul Relu Relu6
        LeakyRelu HardSigmoid HardTanh Clip Sum Mean Max Min LogSoftmax Sigmoid ExpandDims Flip GetItem Moveaxis
        Ravel Repeat Roll Squeeze Stack Swapaxes Take Tile Transpose __slice__ __ellipsis__
        RepeatVector __keras_tensor__ __tensor__ __numpy__ DTypePolicy GlorotUniform GlorotNormal HeUniform HeNormal
        LecunUniform LecunNormal Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling
        Orthogonal L1 L2 L1L2 MaxNorm NonNeg UnitNorm function
    """.split()
)
